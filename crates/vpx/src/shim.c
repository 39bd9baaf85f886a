/* Structs, ABI numbers and constness differ between versions of libvpx, and of libaom, whose interface is a descendant of libvpx's. All
 * that depends on them is in this file, which is compiled against the headers that are installed: once for each of the two. */
#include "shim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef TINCAN_AOM
#include <aom/aom_decoder.h>
#include <aom/aom_encoder.h>
#include <aom/aomcx.h>
#include <aom/aomdx.h>
#define LIB(name) aom_##name
#define NAME(name) AOM_##name
#define OURS(name) tincan_aom_##name
#define USAGE AOM_USAGE_REALTIME
#define set_speed(context, speed) aom_codec_control(context, AOME_SET_CPUUSED, (int)(speed))
#define is_corrupted(context, corrupted) aom_codec_control(context, AOMD_GET_FRAME_CORRUPTED, corrupted)
#define encode(context, image, timestamp, duration, flags) aom_codec_encode(context, image, timestamp, duration, flags)
#define decode(context, data, size) aom_codec_decode(context, data, size, NULL)
#else
#include <vpx/vp8cx.h>
#include <vpx/vp8dx.h>
#include <vpx/vpx_decoder.h>
#include <vpx/vpx_encoder.h>
#include <vpx/vpx_image.h>
#define LIB(name) vpx_##name
#define NAME(name) VPX_##name
#define OURS(name) tincan_vpx_##name
#define USAGE 0
#define decode(context, data, size) vpx_codec_decode(context, data, (unsigned)(size), NULL, 0)
#define set_speed(context, speed) vpx_codec_control(context, VP8E_SET_CPUUSED, speed)
#define is_corrupted(context, corrupted) vpx_codec_control(context, VP8D_GET_FRAME_CORRUPTED, corrupted)
#define encode(context, image, timestamp, duration, flags) \
    vpx_codec_encode(context, image, timestamp, duration, flags, VPX_DL_REALTIME)
#endif

#ifdef TINCAN_AOM
static LIB(codec_iface_t) *encoder_of(uint32_t name) { return name == TINCAN_AV1 ? aom_codec_av1_cx() : NULL; }
static LIB(codec_iface_t) *decoder_of(uint32_t name) { return name == TINCAN_AV1 ? aom_codec_av1_dx() : NULL; }
#else
static LIB(codec_iface_t) *encoder_of(uint32_t name) { return name == TINCAN_VP9 ? vpx_codec_vp9_cx() : vpx_codec_vp8_cx(); }
static LIB(codec_iface_t) *decoder_of(uint32_t name) { return name == TINCAN_VP9 ? vpx_codec_vp9_dx() : vpx_codec_vp8_dx(); }
#endif

struct tincan_codec {
    LIB(codec_ctx_t) context;
    unsigned width, height;
};

/* The library's words for a result, with the detail that the codec kept, if any. */
static int told(LIB(codec_err_t) result, LIB(codec_ctx_t) *context, struct tincan_codec_error *error) {
    const char *detail = context ? LIB(codec_error_detail)(context) : NULL;
    if (result == NAME(CODEC_OK)) return 0;
    snprintf(error->reason, sizeof error->reason, "%s%s%s", LIB(codec_err_to_string)(result), detail ? ": " : "",
             detail ? detail : "");
    return -1;
}

static int refused(const char *reason, struct tincan_codec_error *error) {
    snprintf(error->reason, sizeof error->reason, "%s", reason);
    return -1;
}

/* No lag, a steady rate, and pictures that stand a loss; the rest is the library's defaults. */
static void for_a_call(LIB(codec_enc_cfg_t) *config, const struct tincan_codec_settings *settings) {
    config->g_w = settings->width;
    config->g_h = settings->height;
    /* More threads starve a browser beside it. */
    config->g_threads = 1;
    config->g_timebase.num = 1;
    config->g_timebase.den = (int)settings->clock_rate;
    config->g_error_resilient = 1; /* *_ERROR_RESILIENT_DEFAULT */
    config->g_lag_in_frames = 0;
    config->rc_end_usage = NAME(CBR);
    config->rc_target_bitrate = settings->kilobits;
    /* A picture that is not sent is a picture that is not counted. */
    config->rc_dropframe_thresh = 0;
    config->kf_mode = NAME(KF_AUTO);
    config->kf_max_dist = settings->most_between_key_frames;
}

static int start_encoder(struct tincan_codec *codec, const struct tincan_codec_settings *settings,
                         struct tincan_codec_error *error) {
    LIB(codec_iface_t) *interface = encoder_of(settings->codec);
    LIB(codec_enc_cfg_t) config;
    if (told(LIB(codec_enc_config_default)(interface, &config, USAGE), NULL, error)) return -1;
    for_a_call(&config, settings);
    codec->width = settings->width;
    codec->height = settings->height;
    if (told(LIB(codec_enc_init)(&codec->context, interface, &config, 0), &codec->context, error)) return -1;
    if (told(set_speed(&codec->context, settings->speed), &codec->context, error)) {
        LIB(codec_destroy)(&codec->context);
        return -1;
    }
    return 0;
}

int OURS(encoder)(const struct tincan_codec_settings *settings, struct tincan_codec **made,
                       struct tincan_codec_error *error) {
    struct tincan_codec *codec = calloc(1, sizeof *codec);
    if (!codec) return refused("out of memory", error);
    if (start_encoder(codec, settings, error)) {
        free(codec);
        return -1;
    }
    *made = codec;
    return 0;
}

/* libaom rounds an odd width up to find the next row. */
static void without_gaps(LIB(image_t) *image, const struct tincan_codec *codec, unsigned char *samples) {
    size_t half_width = (codec->width + 1) / 2, half_height = (codec->height + 1) / 2;
    image->planes[0] = samples;
    image->planes[1] = samples + (size_t)codec->width * codec->height;
    image->planes[2] = image->planes[1] + half_width * half_height;
    image->stride[0] = (int)codec->width;
    image->stride[1] = image->stride[2] = (int)half_width;
}

int OURS(encode)(struct tincan_codec *codec, const uint8_t *samples, int64_t timestamp, uint32_t duration,
                      int force_key, struct tincan_codec_frame *frame, struct tincan_codec_error *error) {
    LIB(image_t) image;
    LIB(codec_iter_t) position = NULL;
    const LIB(codec_cx_pkt_t) *packet;
    frame->data = NULL;
    /* The library only reads the samples, and only during this call. */
    if (!LIB(img_wrap)(&image, NAME(IMG_FMT_I420), codec->width, codec->height, 1, (unsigned char *)samples))
        return refused("no picture has this size", error);
    without_gaps(&image, codec, (unsigned char *)samples);
    if (told(encode(&codec->context, &image, timestamp, duration, force_key ? NAME(EFLAG_FORCE_KF) : 0), &codec->context, error))
        return -1;
    while ((packet = LIB(codec_get_cx_data)(&codec->context, &position))) {
        if (packet->kind != NAME(CODEC_CX_FRAME_PKT)) continue;
        frame->data = packet->data.frame.buf;
        frame->size = packet->data.frame.sz;
        frame->key = (packet->data.frame.flags & NAME(FRAME_IS_KEY)) != 0;
        break;
    }
    return 0;
}

int OURS(decoder)(uint32_t name, struct tincan_codec **made, struct tincan_codec_error *error) {
    LIB(codec_dec_cfg_t) config;
    LIB(codec_iface_t) *interface = decoder_of(name);
    struct tincan_codec *codec = calloc(1, sizeof *codec);
    if (!codec) return refused("out of memory", error);
    memset(&config, 0, sizeof config); /* the size that the frames say */
    config.threads = 1;
#ifdef TINCAN_AOM
    config.allow_lowbitdepth = 1; /* samples of one byte each */
#endif
    if (told(LIB(codec_dec_init)(&codec->context, interface, &config, 0), &codec->context, error)) {
        free(codec);
        return -1;
    }
    *made = codec;
    return 0;
}

int OURS(decode)(struct tincan_codec *codec, const uint8_t *data, size_t size, struct tincan_codec_picture *picture,
                      struct tincan_codec_error *error) {
    LIB(codec_iter_t) position = NULL;
    const LIB(image_t) *image;
    int corrupted = 0, plane;
    picture->planes[0] = NULL;
    if (size > UINT32_MAX) return refused("longer than 4 GB", error);
    if (told(decode(&codec->context, data, size), &codec->context, error)) return -1;
    image = LIB(codec_get_frame)(&codec->context, &position);
    if (!image) return 0;
    /* What a damaged frame does not say, the library shows as whatever was in that memory. */
    if (told(is_corrupted(&codec->context, &corrupted), &codec->context, error)) return -1;
    if (corrupted) return refused("the frame is damaged", error);
    /* VP9 and AV1 have profiles with more colour and more bits. */
    if (image->fmt != NAME(IMG_FMT_I420)) return refused("the picture is not I420", error);
    for (plane = 0; plane < 3; plane++) {
        if (!image->planes[plane] || image->stride[plane] <= 0) return refused("a plane is missing", error);
        picture->planes[plane] = image->planes[plane];
        picture->strides[plane] = (size_t)image->stride[plane];
    }
    picture->width = image->d_w;
    picture->height = image->d_h;
    return 0;
}

void OURS(free)(struct tincan_codec *codec) {
    LIB(codec_destroy)(&codec->context);
    free(codec);
}

const char *OURS(version)(void) {
    return LIB(codec_version_str)();
}
