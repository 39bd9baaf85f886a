/* OpenH264's interface is a table of functions; its structs differ between versions. All that depends on them is in this file, which is
 * compiled against the headers that are installed. */
#include "shim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <wels/codec_api.h>

struct tincan_codec {
    ISVCEncoder *encoder; /* one of the two is null */
    ISVCDecoder *decoder;
    unsigned width, height, clock_rate;
    uint8_t *data; /* the frame that was encoded last */
    size_t room;
};

static int refused(const char *what, long code, struct tincan_codec_error *error) {
    snprintf(error->reason, sizeof error->reason, "%s (code %ld)", what, code);
    return -1;
}

/* It writes to stderr what the caller is told anyway. */
static int silence(void) { return WELS_LOG_QUIET; }

/* A steady rate, one slice a picture, and none left out: a picture that is not sent is a picture that is not counted. */
static long start_encoder(ISVCEncoder *encoder, const struct tincan_codec_settings *settings) {
    SEncParamExt parameters;
    int level = silence();
    (*encoder)->SetOption(encoder, ENCODER_OPTION_TRACE_LEVEL, &level);
    (*encoder)->GetDefaultParams(encoder, &parameters);
    parameters.iUsageType = CAMERA_VIDEO_REAL_TIME;
    parameters.iPicWidth = (int)settings->width;
    parameters.iPicHeight = (int)settings->height;
    parameters.fMaxFrameRate = 30;
    parameters.iTargetBitrate = (int)settings->kilobits * 1000;
    parameters.iMaxBitrate = UNSPECIFIED_BIT_RATE;
    parameters.iRCMode = RC_BITRATE_MODE;
    parameters.bEnableFrameSkip = 0;
    parameters.iMultipleThreadIdc = 1; /* more threads starve a browser beside it */
    parameters.uiIntraPeriod = settings->most_between_key_frames;
    parameters.iComplexityMode = LOW_COMPLEXITY;
    parameters.iSpatialLayerNum = 1;
    parameters.sSpatialLayers[0].iVideoWidth = parameters.iPicWidth;
    parameters.sSpatialLayers[0].iVideoHeight = parameters.iPicHeight;
    parameters.sSpatialLayers[0].fFrameRate = parameters.fMaxFrameRate;
    parameters.sSpatialLayers[0].iSpatialBitrate = parameters.iTargetBitrate;
    parameters.sSpatialLayers[0].iMaxSpatialBitrate = UNSPECIFIED_BIT_RATE;
    /* Constrained baseline, which is what WebRTC has to have (RFC 7742, section 6.2). */
    parameters.sSpatialLayers[0].uiProfileIdc = PRO_BASELINE;
    parameters.sSpatialLayers[0].sSliceArgument.uiSliceMode = SM_SINGLE_SLICE;
    return (*encoder)->InitializeExt(encoder, &parameters);
}

int tincan_openh264_encoder(const struct tincan_codec_settings *settings, struct tincan_codec **made,
                            struct tincan_codec_error *error) {
    struct tincan_codec *codec = calloc(1, sizeof *codec);
    long code;
    if (settings->width % 2 || settings->height % 2) {
        free(codec);
        return refused("it has pictures of even size only", 0, error);
    }
    if (!codec) return refused("out of memory", 0, error);
    codec->width = settings->width;
    codec->height = settings->height;
    codec->clock_rate = settings->clock_rate;
    code = WelsCreateSVCEncoder(&codec->encoder);
    if (code || !codec->encoder) {
        free(codec);
        return refused("no encoder can be made", code, error);
    }
    code = start_encoder(codec->encoder, settings);
    if (code) {
        tincan_openh264_free(codec);
        return refused("the settings are refused", code, error);
    }
    *made = codec;
    return 0;
}

/* Copies the layers of a frame, each of which is a run of units in Annex B, into one. */
static int keep(struct tincan_codec *codec, const SFrameBSInfo *info, struct tincan_codec_frame *frame,
                struct tincan_codec_error *error) {
    size_t size = 0;
    int layer, unit;
    if (info->iFrameSizeInBytes > 0 && (size_t)info->iFrameSizeInBytes > codec->room) {
        uint8_t *data = realloc(codec->data, (size_t)info->iFrameSizeInBytes);
        if (!data) return refused("out of memory", 0, error);
        codec->data = data;
        codec->room = (size_t)info->iFrameSizeInBytes;
    }
    for (layer = 0; layer < info->iLayerNum; layer++) {
        const SLayerBSInfo *one = &info->sLayerInfo[layer];
        size_t length = 0;
        for (unit = 0; unit < one->iNalCount; unit++) length += (size_t)one->pNalLengthInByte[unit];
        if (size + length > codec->room) return refused("a frame is longer than it says", 0, error);
        memcpy(codec->data + size, one->pBsBuf, length);
        size += length;
    }
    if (!size) return 0;
    frame->data = codec->data;
    frame->size = size;
    frame->key = info->eFrameType == videoFrameTypeIDR;
    return 0;
}

int tincan_openh264_encode(struct tincan_codec *codec, const uint8_t *samples, int64_t timestamp, uint32_t duration,
                           int force_key, struct tincan_codec_frame *frame, struct tincan_codec_error *error) {
    SSourcePicture picture;
    SFrameBSInfo info;
    size_t luma = (size_t)codec->width * codec->height;
    size_t chroma = (size_t)((codec->width + 1) / 2) * ((codec->height + 1) / 2);
    int code;
    (void)duration;
    frame->data = NULL;
    memset(&picture, 0, sizeof picture);
    memset(&info, 0, sizeof info);
    picture.iColorFormat = videoFormatI420;
    picture.iPicWidth = (int)codec->width;
    picture.iPicHeight = (int)codec->height;
    picture.iStride[0] = picture.iPicWidth;
    picture.iStride[1] = picture.iStride[2] = (picture.iPicWidth + 1) / 2;
    /* It only reads the samples, and only during this call. */
    picture.pData[0] = (unsigned char *)samples;
    picture.pData[1] = picture.pData[0] + luma;
    picture.pData[2] = picture.pData[1] + chroma;
    picture.uiTimeStamp = timestamp * 1000 / (int64_t)codec->clock_rate; /* in milliseconds */
    if (force_key && (code = (*codec->encoder)->ForceIntraFrame(codec->encoder, 1))) return refused("no key frame can be made", code, error);
    if ((code = (*codec->encoder)->EncodeFrame(codec->encoder, &picture, &info))) return refused("the picture is refused", code, error);
    if (info.eFrameType == videoFrameTypeSkip) return 0;
    return keep(codec, &info, frame, error);
}

int tincan_openh264_decoder(uint32_t name, struct tincan_codec **made, struct tincan_codec_error *error) {
    struct tincan_codec *codec = calloc(1, sizeof *codec);
    SDecodingParam parameters;
    int level = silence();
    long code;
    (void)name;
    if (!codec) return refused("out of memory", 0, error);
    code = WelsCreateDecoder(&codec->decoder);
    if (code || !codec->decoder) {
        free(codec);
        return refused("no decoder can be made", code, error);
    }
    memset(&parameters, 0, sizeof parameters);
    /* What is damaged is to be said, not painted over. */
    parameters.eEcActiveIdc = ERROR_CON_DISABLE;
    parameters.sVideoProperty.eVideoBsType = VIDEO_BITSTREAM_AVC;
    (*codec->decoder)->SetOption(codec->decoder, DECODER_OPTION_TRACE_LEVEL, &level);
    code = (*codec->decoder)->Initialize(codec->decoder, &parameters);
    if (code) {
        tincan_openh264_free(codec);
        return refused("no decoder can be started", code, error);
    }
    *made = codec;
    return 0;
}

int tincan_openh264_decode(struct tincan_codec *codec, const uint8_t *data, size_t size, struct tincan_codec_picture *picture,
                           struct tincan_codec_error *error) {
    unsigned char *planes[3] = {NULL, NULL, NULL};
    SBufferInfo info;
    DECODING_STATE state;
    int plane;
    picture->planes[0] = NULL;
    if (size > INT32_MAX) return refused("longer than 2 GB", 0, error);
    memset(&info, 0, sizeof info);
    state = (*codec->decoder)->DecodeFrameNoDelay(codec->decoder, data, (int)size, planes, &info);
    if (state != dsErrorFree) return refused("the frame is damaged, or one that it needs is missing", (long)state, error);
    if (info.iBufferStatus != 1) return 0;
    if (info.UsrData.sSystemBuffer.iFormat != videoFormatI420) return refused("the picture is not I420", 0, error);
    for (plane = 0; plane < 3; plane++) {
        int stride = info.UsrData.sSystemBuffer.iStride[plane ? 1 : 0];
        if (!planes[plane] || stride <= 0) return refused("a plane is missing", 0, error);
        picture->planes[plane] = planes[plane];
        picture->strides[plane] = (size_t)stride;
    }
    picture->width = (size_t)info.UsrData.sSystemBuffer.iWidth;
    picture->height = (size_t)info.UsrData.sSystemBuffer.iHeight;
    return 0;
}

void tincan_openh264_free(struct tincan_codec *codec) {
    if (codec->encoder) {
        (*codec->encoder)->Uninitialize(codec->encoder);
        WelsDestroySVCEncoder(codec->encoder);
    }
    if (codec->decoder) {
        (*codec->decoder)->Uninitialize(codec->decoder);
        WelsDestroyDecoder(codec->decoder);
    }
    free(codec->data);
    free(codec);
}

const char *tincan_openh264_version(void) {
    static char text[32];
    OpenH264Version version;
    WelsGetCodecVersionEx(&version);
    snprintf(text, sizeof text, "%u.%u.%u", version.uMajor, version.uMinor, version.uRevision);
    return text;
}
