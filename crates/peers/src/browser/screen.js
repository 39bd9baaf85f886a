// The screen that a page shares. getDisplayMedia is asked as it is, with all that it may refuse; the browser gives it the picture of the
// page's own tab, as its flags say. As long as that is captured, the frame code of the screen is painted over the top of the page.
//
// config: { rate, codes, strip: { columns, rows, share, light, dark, texture, textureSize } }; a code is 64 bits in hexadecimal.
(config) => {
  if (!window.MediaDevices?.prototype.getDisplayMedia) return; // not in a secure context, or on a phone
  const { rate, codes, strip } = config;
  // As they are before the page can change them.
  const { setInterval, clearInterval } = window;
  const bits = codes.map((code) => [...code].map((digit) => parseInt(digit, 16).toString(2).padStart(4, "0")).join(""));
  const [WIDE, HIGH] = [20, 20]; // pixels of a block, before the canvas is stretched over the page

  const grey = (value) => `rgb(${value} ${value} ${value})`;

  // A block is a square of its texture, repeated.
  function paintBlock(context, left, top, mean) {
    const { textureSize: size, texture } = strip;
    context.fillStyle = grey(mean - texture);
    context.fillRect(left, top, WIDE, HIGH);
    context.fillStyle = grey(mean + texture);
    for (let y = 0; y < HIGH; y += size) {
      for (let x = (y / size) % 2 ? size : 0; x < WIDE; x += 2 * size) context.fillRect(left + x, top + y, size, size);
    }
  }

  function cover() {
    const canvas = window.document.createElement("canvas");
    [canvas.width, canvas.height] = [strip.columns * WIDE, strip.rows * HIGH];
    canvas.style.cssText = `position: fixed; inset: 0 auto auto 0; width: 100vw; height: calc(100vh / ${strip.share}); margin: 0;
      max-width: none; max-height: none; z-index: 2147483647; pointer-events: none; image-rendering: pixelated`;
    canvas.setAttribute("aria-hidden", "true");
    window.document.documentElement.append(canvas);
    return canvas;
  }

  function play(track) {
    const canvas = cover();
    const context = canvas.getContext("2d", { alpha: false });
    let place = 0;
    const draw = () => {
      if (track.readyState === "ended") {
        clearInterval(timer);
        canvas.remove();
        return;
      }
      [...bits[place]].forEach((bit, block) => {
        const [left, top] = [(block % strip.columns) * WIDE, Math.floor(block / strip.columns) * HIGH];
        paintBlock(context, left, top, bit === "1" ? strip.light : strip.dark);
      });
      place = (place + 1) % bits.length;
    };
    const timer = setInterval(draw, 1000 / rate);
    draw();
  }

  const { getDisplayMedia } = MediaDevices.prototype;
  MediaDevices.prototype.getDisplayMedia = async function (...args) {
    const stream = await getDisplayMedia.apply(this, args);
    stream.getVideoTracks().forEach(play);
    return stream;
  };
}
