/* What Rust needs of libvpx, in types that are the same in every version of it. `src/ffi.rs` repeats these declarations. */
#ifndef TINCAN_VPX_SHIM_H
#define TINCAN_VPX_SHIM_H

#include <stddef.h>
#include <stdint.h>

/* An encoder or a decoder. */
struct tincan_vpx;

enum tincan_vpx_codec { TINCAN_VP8 = 8, TINCAN_VP9 = 9 };

/* How to encode. */
struct tincan_vpx_settings {
    uint32_t codec; /* tincan_vpx_codec */
    uint32_t width, height;
    uint32_t clock_rate;             /* units of time in a second */
    uint32_t kilobits;               /* a second, aimed at */
    uint32_t most_between_key_frames;
    int32_t speed;                   /* VP8E_SET_CPUUSED */
};

/* A frame that was encoded: valid until the next call. */
struct tincan_vpx_frame {
    const uint8_t *data; /* null: none came of it */
    size_t size;
    int32_t key;
};

/* A picture that was decoded, as I420: valid until the next call. */
struct tincan_vpx_picture {
    const uint8_t *planes[3]; /* null: none is shown */
    size_t strides[3];
    size_t width, height;
};

/* What libvpx refused, as terminated text. */
struct tincan_vpx_error {
    char reason[256];
};

/* Each answers 0, or fills in the error. */
int tincan_vpx_encoder(const struct tincan_vpx_settings *, struct tincan_vpx **, struct tincan_vpx_error *);
/* `samples` is an I420 picture of the encoder's size, without gaps. */
int tincan_vpx_encode(struct tincan_vpx *, const uint8_t *samples, int64_t timestamp, uint32_t duration, int force_key,
                      struct tincan_vpx_frame *, struct tincan_vpx_error *);
int tincan_vpx_decoder(uint32_t codec, struct tincan_vpx **, struct tincan_vpx_error *);
int tincan_vpx_decode(struct tincan_vpx *, const uint8_t *data, size_t size, struct tincan_vpx_picture *,
                      struct tincan_vpx_error *);
void tincan_vpx_free(struct tincan_vpx *);
/* The version of the library that is loaded, as static text. */
const char *tincan_vpx_version(void);

#endif
