//! VP8 by libvpx: the one place with `unsafe` code, behind an interface that needs none.
#![expect(unsafe_code, reason = "libvpx is C; every call into it is in this file")]

use std::{
    ffi::{CStr, c_int, c_long, c_uint, c_ulong},
    mem::MaybeUninit,
    ptr, slice,
};

use vpx_sys::{
    self as vpx, vp8e_enc_control_id, vpx_codec_ctx_t, vpx_codec_cx_pkt_kind, vpx_codec_enc_cfg_t,
    vpx_codec_err_t, vpx_codec_iface_t, vpx_image_t, vpx_img_fmt, vpx_kf_mode, vpx_rc_mode,
};

/// Units of RTP time and of the encoder's time in a second (RFC 7741, section 4.1).
pub const CLOCK_RATE: u32 = 90_000;

/// Kilobits a second that the encoder aims at: plenty for 320 × 240 with the code, little for a network.
const TARGET_KILOBITS: c_uint = 800;
/// Pictures between two key frames at the most: ten seconds' worth, for a receiver that asks for none.
const MOST_BETWEEN_KEY_FRAMES: c_uint = 300;
/// The fastest fixed speed that still codes the picture decently (libvpx, `VP8E_SET_CPUUSED`: −16 to 16).
const SPEED: c_int = -8;

/// What libvpx refused, in its own words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("libvpx failed to {step}: {reason}")]
pub struct Vp8Error {
    step: &'static str,
    reason: String,
}

/// A libvpx codec that was initialised, and is destroyed with this value.
struct Codec(Box<vpx_codec_ctx_t>);

// SAFETY: a codec holds no state of the thread that made it, and is used through `&mut` only.
unsafe impl Send for Codec {}

impl Codec {
    /// Lets `init` initialise a codec in place.
    fn new(init: impl FnOnce(*mut vpx_codec_ctx_t) -> vpx_codec_err_t) -> Result<Self, Vp8Error> {
        // SAFETY: all-zero is a valid `vpx_codec_ctx_t`: null pointers, no flags, `VPX_CODEC_OK`.
        let mut context = Box::new(unsafe { MaybeUninit::<vpx_codec_ctx_t>::zeroed().assume_init() });
        check("start", init(&raw mut *context))?;
        Ok(Self(context))
    }
}

impl Drop for Codec {
    fn drop(&mut self) {
        // SAFETY: the codec was initialised, and is not used after this.
        unsafe { vpx::vpx_codec_destroy(&raw mut *self.0) };
    }
}

/// What libvpx says about a `step` that it was asked for.
fn check(step: &'static str, result: vpx_codec_err_t) -> Result<(), Vp8Error> {
    if result == vpx_codec_err_t::VPX_CODEC_OK {
        return Ok(());
    }
    // SAFETY: libvpx answers a static, terminated string for every error.
    let reason = unsafe { CStr::from_ptr(vpx::vpx_codec_err_to_string(result)) };
    Err(Vp8Error { step, reason: reason.to_string_lossy().into_owned() })
}

/// A picture that was encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodedFrame {
    /// The VP8 frame (RFC 6386).
    pub data: Vec<u8>,
    /// Whether it can be decoded without another.
    pub key: bool,
}

/// Encodes pictures of one size for a call: no lag, and a key frame when it is asked for.
pub struct Encoder {
    codec: Codec,
    width: c_uint,
    height: c_uint,
}

impl Encoder {
    /// An encoder of I420 pictures of `width` by `height` samples.
    ///
    /// # Errors
    /// When libvpx cannot encode that size.
    pub fn new(width: u16, height: u16) -> Result<Self, Vp8Error> {
        // SAFETY: the interface is static.
        let interface = unsafe { vpx::vpx_codec_vp8_cx() };
        let config = configuration(interface, width.into(), height.into())?;
        // SAFETY: `config` was filled in by libvpx, which copies it; the version is that of the bindings.
        let mut codec = Codec::new(|context| unsafe {
            let version = vpx::VPX_ENCODER_ABI_VERSION as c_int;
            vpx::vpx_codec_enc_init_ver(context, interface, &raw const config, 0, version)
        })?;
        // SAFETY: this control takes one `int`.
        let result = unsafe {
            let control = vp8e_enc_control_id::VP8E_SET_CPUUSED as c_int;
            vpx::vpx_codec_control_(&raw mut *codec.0, control, SPEED)
        };
        check("set the speed", result)?;
        Ok(Self { codec, width: width.into(), height: height.into() })
    }

    /// Encodes an I420 picture that is shown at `timestamp`, in units of [`CLOCK_RATE`] and above that of the one
    /// before; none if the encoder dropped it.
    ///
    /// # Errors
    /// When libvpx refuses the picture.
    ///
    /// # Panics
    /// When `picture` is not of the encoder's size.
    pub fn encode(
        &mut self,
        picture: &[u8],
        timestamp: i64,
        key: bool,
    ) -> Result<Option<EncodedFrame>, Vp8Error> {
        assert_eq!(picture.len(), self.samples(), "the size of an I420 picture");
        let mut image = MaybeUninit::<vpx_image_t>::uninit();
        let flags = if key { c_long::from(vpx::VPX_EFLAG_FORCE_KF) } else { 0 };
        let (duration, deadline) = (c_ulong::from(CLOCK_RATE / 30), c_ulong::from(vpx::VPX_DL_REALTIME));
        // SAFETY: `vpx_img_wrap` fills in `image` and answers it, or answers null, which for `vpx_codec_encode` is the
        // end of the stream. The image points into `picture`, which libvpx only reads, and only during the call. With
        // an alignment of 1 its planes together are as long as was asserted.
        let result = unsafe {
            let samples = picture.as_ptr().cast_mut();
            let format = vpx_img_fmt::VPX_IMG_FMT_I420;
            let image = vpx::vpx_img_wrap(image.as_mut_ptr(), format, self.width, self.height, 1, samples);
            vpx::vpx_codec_encode(&raw mut *self.codec.0, image, timestamp, duration, flags, deadline)
        };
        check("encode a picture", result)?;
        Ok(self.encoded())
    }

    /// Samples of a picture: luma, and a quarter of it, rounded up in both directions, for each of two planes of chroma.
    fn samples(&self) -> usize {
        let [width, height] = [self.width, self.height].map(|side| side as usize);
        width * height + 2 * width.div_ceil(2) * height.div_ceil(2)
    }

    /// What the last call of `vpx_codec_encode` yielded; without lag and layers that is one frame at the most.
    fn encoded(&mut self) -> Option<EncodedFrame> {
        let mut position = ptr::null();
        loop {
            // SAFETY: the codec is an encoder; what it answers stays valid until its next call, and is copied here.
            let packet =
                unsafe { vpx::vpx_codec_get_cx_data(&raw mut *self.codec.0, &raw mut position).as_ref()? };
            if packet.kind == vpx_codec_cx_pkt_kind::VPX_CODEC_CX_FRAME_PKT {
                // SAFETY: `kind` says which member of the union is valid; `buf` holds `sz` bytes.
                let (frame, data) = unsafe {
                    let frame = &packet.data.frame;
                    (frame, slice::from_raw_parts(frame.buf.cast::<u8>(), frame.sz as usize))
                };
                return Some(EncodedFrame {
                    data: data.to_vec(),
                    key: frame.flags & vpx::VPX_FRAME_IS_KEY != 0,
                });
            }
        }
    }
}

/// libvpx's defaults, with what a call needs: no lag, a steady rate, and pictures that stand a loss.
fn configuration(
    interface: *mut vpx_codec_iface_t,
    width: c_uint,
    height: c_uint,
) -> Result<vpx_codec_enc_cfg_t, Vp8Error> {
    let mut config = MaybeUninit::<vpx_codec_enc_cfg_t>::uninit();
    // SAFETY: libvpx fills in `config` whenever it answers `VPX_CODEC_OK`.
    let mut config = unsafe {
        check("configure", vpx::vpx_codec_enc_config_default(interface, config.as_mut_ptr(), 0))?;
        config.assume_init()
    };
    (config.g_w, config.g_h, config.g_threads) = (width, height, 1);
    (config.g_timebase.num, config.g_timebase.den) = (1, CLOCK_RATE as c_int);
    config.g_error_resilient = vpx::VPX_ERROR_RESILIENT_DEFAULT;
    config.g_lag_in_frames = 0;
    config.rc_end_usage = vpx_rc_mode::VPX_CBR;
    config.rc_target_bitrate = TARGET_KILOBITS;
    // A picture that is not sent is a picture that is not counted.
    config.rc_dropframe_thresh = 0;
    config.kf_mode = vpx_kf_mode::VPX_KF_AUTO;
    config.kf_max_dist = MOST_BETWEEN_KEY_FRAMES;
    Ok(config)
}

/// A decoded picture, as I420.
#[derive(Debug, Clone, Copy)]
pub struct Decoded<'d> {
    /// Brightness.
    pub luma: Plane<'d>,
    /// Blue difference, at half the size.
    pub blue: Plane<'d>,
    /// Red difference, at half the size.
    pub red: Plane<'d>,
}

/// One plane of a decoded picture.
#[derive(Debug, Clone, Copy)]
pub struct Plane<'d> {
    /// The samples, row by row.
    pub samples: &'d [u8],
    /// Samples that are shown in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Samples from the start of a row to the start of the next.
    pub stride: usize,
}

/// Decodes one stream of VP8 frames.
pub struct Decoder(Codec);

impl Decoder {
    /// A decoder that waits for a key frame.
    ///
    /// # Errors
    /// When libvpx cannot be initialised.
    pub fn new() -> Result<Self, Vp8Error> {
        // SAFETY: the interface is static, a null configuration means the default, the version is that of the bindings.
        Codec::new(|context| unsafe {
            let version = vpx::VPX_DECODER_ABI_VERSION as c_int;
            vpx::vpx_codec_dec_init_ver(context, vpx::vpx_codec_vp8_dx(), ptr::null(), 0, version)
        })
        .map(Self)
    }

    /// Decodes one frame; none if it shows no picture.
    ///
    /// # Errors
    /// When the frame is damaged, or needs one that was never decoded.
    pub fn decode(&mut self, frame: &[u8]) -> Result<Option<Decoded<'_>>, Vp8Error> {
        let length = c_uint::try_from(frame.len()).unwrap_or(c_uint::MAX);
        // SAFETY: `frame` holds at least `length` bytes, which libvpx reads only during this call.
        let result = unsafe {
            let context = &raw mut *self.0.0;
            vpx::vpx_codec_decode(context, frame.as_ptr(), length, ptr::null_mut(), 0)
        };
        check("decode a frame", result)?;
        let mut position = ptr::null();
        // SAFETY: the codec is a decoder; the picture it answers, if any, stays as it is until the next call on the
        // codec, which the lifetime of the answer forbids.
        let Some(image) =
            (unsafe { vpx::vpx_codec_get_frame(&raw mut *self.0.0, &raw mut position).as_ref() })
        else {
            return Ok(None);
        };
        let (width, height) = (image.d_w as usize, image.d_h as usize);
        let (half_width, half_height) = (width.div_ceil(2), height.div_ceil(2));
        Ok(Some(Decoded {
            luma: plane(image, 0, width, height),
            blue: plane(image, 1, half_width, half_height),
            red: plane(image, 2, half_width, half_height),
        }))
    }
}

/// A plane of `width` by `height` samples: 0 is luma, 1 and 2 are chroma of half the picture's size (I420, which is all
/// that VP8 has).
fn plane(image: &vpx_image_t, index: usize, width: usize, height: usize) -> Plane<'_> {
    let stride = usize::try_from(image.stride[index]).unwrap_or_default();
    // SAFETY: a plane has `height` rows, `stride` samples apart, the last of which has `width`. A stride below the width
    // (or below 0, which libvpx's decoder does not use) makes the slice shorter, never longer.
    let samples = unsafe {
        let length = (stride * height.saturating_sub(1)) + width.min(stride);
        slice::from_raw_parts(image.planes[index], length)
    };
    Plane { samples, width, height, stride }
}

#[cfg(test)]
mod tests;
