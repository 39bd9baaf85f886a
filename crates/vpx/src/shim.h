/* What Rust needs of the libraries that encode and decode, in types that are the same in every version of them. `src/ffi.rs` repeats
 * these declarations. */
#ifndef TINCAN_VPX_SHIM_H
#define TINCAN_VPX_SHIM_H

#include <stddef.h>
#include <stdint.h>

/* An encoder or a decoder. */
struct tincan_codec;

enum tincan_codec_name { TINCAN_VP8 = 8, TINCAN_VP9 = 9, TINCAN_AV1 = 1, TINCAN_H264 = 264 };

/* How to encode. */
struct tincan_codec_settings {
    uint32_t codec; /* tincan_codec_name */
    uint32_t width, height;
    uint32_t clock_rate;             /* units of time in a second */
    uint32_t kilobits;               /* a second, aimed at */
    uint32_t most_between_key_frames;
    int32_t speed;                   /* the higher, the faster; of a scale of each codec's own */
};

/* A frame that was encoded: valid until the next call. */
struct tincan_codec_frame {
    const uint8_t *data; /* null: none came of it */
    size_t size;
    int32_t key;
};

/* A picture that was decoded, as I420: valid until the next call. */
struct tincan_codec_picture {
    const uint8_t *planes[3]; /* null: none is shown */
    size_t strides[3];
    size_t width, height;
};

/* What the library refused, as terminated text. */
struct tincan_codec_error {
    char reason[256];
};

/* The functions of a library; each answers 0, or fills in the error. The samples that are encoded are an I420 picture of the
 * encoder's size, without gaps. The version is that of the library that is loaded, as static text. */
#define TINCAN_LIBRARY(prefix)                                                                                          \
    int prefix##_encoder(const struct tincan_codec_settings *, struct tincan_codec **, struct tincan_codec_error *);   \
    int prefix##_encode(struct tincan_codec *, const uint8_t *samples, int64_t timestamp, uint32_t duration,           \
                        int force_key, struct tincan_codec_frame *, struct tincan_codec_error *);                      \
    int prefix##_decoder(uint32_t codec, struct tincan_codec **, struct tincan_codec_error *);                         \
    int prefix##_decode(struct tincan_codec *, const uint8_t *data, size_t size, struct tincan_codec_picture *,        \
                        struct tincan_codec_error *);                                                                  \
    void prefix##_free(struct tincan_codec *);                                                                         \
    const char *prefix##_version(void)

TINCAN_LIBRARY(tincan_vpx);
TINCAN_LIBRARY(tincan_aom);
TINCAN_LIBRARY(tincan_openh264);

#endif
