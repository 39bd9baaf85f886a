/* Structs, ABI numbers and constness differ between versions of libvpx. All that depends on them is in this file, which is
 * compiled against the headers that are installed. */
#include "shim.h"

#include <stdio.h>
#include <stdlib.h>

#include <vpx/vp8cx.h>
#include <vpx/vp8dx.h>
#include <vpx/vpx_decoder.h>
#include <vpx/vpx_encoder.h>
#include <vpx/vpx_image.h>

struct tincan_vpx {
    vpx_codec_ctx_t context;
    unsigned width, height;
};

/* libvpx's words for a result, with the detail that the codec kept, if any. */
static int told(vpx_codec_err_t result, vpx_codec_ctx_t *context, struct tincan_vpx_error *error) {
    const char *detail = context ? vpx_codec_error_detail(context) : NULL;
    if (result == VPX_CODEC_OK) return 0;
    snprintf(error->reason, sizeof error->reason, "%s%s%s", vpx_codec_err_to_string(result), detail ? ": " : "",
             detail ? detail : "");
    return -1;
}

static int refused(const char *reason, struct tincan_vpx_error *error) {
    snprintf(error->reason, sizeof error->reason, "%s", reason);
    return -1;
}

/* No lag, a steady rate, and pictures that stand a loss; the rest is libvpx's defaults. */
static void for_a_call(vpx_codec_enc_cfg_t *config, const struct tincan_vpx_settings *settings) {
    config->g_w = settings->width;
    config->g_h = settings->height;
    /* More threads starve a browser beside it. */
    config->g_threads = 1;
    config->g_timebase.num = 1;
    config->g_timebase.den = (int)settings->clock_rate;
    config->g_error_resilient = VPX_ERROR_RESILIENT_DEFAULT;
    config->g_lag_in_frames = 0;
    config->rc_end_usage = VPX_CBR;
    config->rc_target_bitrate = settings->kilobits;
    /* A picture that is not sent is a picture that is not counted. */
    config->rc_dropframe_thresh = 0;
    config->kf_mode = VPX_KF_AUTO;
    config->kf_max_dist = settings->most_between_key_frames;
}

static int start_encoder(struct tincan_vpx *vpx, const struct tincan_vpx_settings *settings,
                         struct tincan_vpx_error *error) {
    vpx_codec_iface_t *interface = settings->codec == TINCAN_VP9 ? vpx_codec_vp9_cx() : vpx_codec_vp8_cx();
    vpx_codec_enc_cfg_t config;
    if (told(vpx_codec_enc_config_default(interface, &config, 0), NULL, error)) return -1;
    for_a_call(&config, settings);
    vpx->width = settings->width;
    vpx->height = settings->height;
    if (told(vpx_codec_enc_init(&vpx->context, interface, &config, 0), &vpx->context, error)) return -1;
    if (told(vpx_codec_control(&vpx->context, VP8E_SET_CPUUSED, settings->speed), &vpx->context, error)) {
        vpx_codec_destroy(&vpx->context);
        return -1;
    }
    return 0;
}

int tincan_vpx_encoder(const struct tincan_vpx_settings *settings, struct tincan_vpx **made,
                       struct tincan_vpx_error *error) {
    struct tincan_vpx *vpx = calloc(1, sizeof *vpx);
    if (!vpx) return refused("out of memory", error);
    if (start_encoder(vpx, settings, error)) {
        free(vpx);
        return -1;
    }
    *made = vpx;
    return 0;
}

int tincan_vpx_encode(struct tincan_vpx *vpx, const uint8_t *samples, int64_t timestamp, uint32_t duration,
                      int force_key, struct tincan_vpx_frame *frame, struct tincan_vpx_error *error) {
    vpx_image_t image;
    vpx_codec_iter_t position = NULL;
    const vpx_codec_cx_pkt_t *packet;
    frame->data = NULL;
    /* libvpx only reads the samples, and only during this call. An alignment of 1 is a picture without gaps. */
    if (!vpx_img_wrap(&image, VPX_IMG_FMT_I420, vpx->width, vpx->height, 1, (unsigned char *)samples))
        return refused("no picture has this size", error);
    if (told(vpx_codec_encode(&vpx->context, &image, timestamp, duration, force_key ? VPX_EFLAG_FORCE_KF : 0,
                              VPX_DL_REALTIME),
             &vpx->context, error))
        return -1;
    while ((packet = vpx_codec_get_cx_data(&vpx->context, &position))) {
        if (packet->kind != VPX_CODEC_CX_FRAME_PKT) continue;
        frame->data = packet->data.frame.buf;
        frame->size = packet->data.frame.sz;
        frame->key = (packet->data.frame.flags & VPX_FRAME_IS_KEY) != 0;
        break;
    }
    return 0;
}

int tincan_vpx_decoder(uint32_t codec, struct tincan_vpx **made, struct tincan_vpx_error *error) {
    vpx_codec_dec_cfg_t config = {1, 0, 0}; /* one thread, the size that the frames say */
    vpx_codec_iface_t *interface = codec == TINCAN_VP9 ? vpx_codec_vp9_dx() : vpx_codec_vp8_dx();
    struct tincan_vpx *vpx = calloc(1, sizeof *vpx);
    if (!vpx) return refused("out of memory", error);
    if (told(vpx_codec_dec_init(&vpx->context, interface, &config, 0), &vpx->context, error)) {
        free(vpx);
        return -1;
    }
    *made = vpx;
    return 0;
}

int tincan_vpx_decode(struct tincan_vpx *vpx, const uint8_t *data, size_t size, struct tincan_vpx_picture *picture,
                      struct tincan_vpx_error *error) {
    vpx_codec_iter_t position = NULL;
    const vpx_image_t *image;
    int corrupted = 0, plane;
    picture->planes[0] = NULL;
    if (size > UINT32_MAX) return refused("longer than 4 GB", error);
    if (told(vpx_codec_decode(&vpx->context, data, (unsigned)size, NULL, 0), &vpx->context, error)) return -1;
    image = vpx_codec_get_frame(&vpx->context, &position);
    if (!image) return 0;
    /* What a damaged frame does not say, libvpx shows as whatever was in that memory. */
    if (told(vpx_codec_control(&vpx->context, VP8D_GET_FRAME_CORRUPTED, &corrupted), &vpx->context, error)) return -1;
    if (corrupted) return refused("the frame is damaged", error);
    /* VP9 has profiles with more colour and more bits. */
    if (image->fmt != VPX_IMG_FMT_I420) return refused("the picture is not I420", error);
    for (plane = 0; plane < 3; plane++) {
        if (!image->planes[plane] || image->stride[plane] <= 0) return refused("a plane is missing", error);
        picture->planes[plane] = image->planes[plane];
        picture->strides[plane] = (size_t)image->stride[plane];
    }
    picture->width = image->d_w;
    picture->height = image->d_h;
    return 0;
}

void tincan_vpx_free(struct tincan_vpx *vpx) {
    vpx_codec_destroy(&vpx->context);
    free(vpx);
}

const char *tincan_vpx_version(void) {
    return vpx_codec_version_str();
}
