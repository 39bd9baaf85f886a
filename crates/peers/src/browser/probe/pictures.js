// What is seen in the remote video.

// At most 320 wide: a larger picture is scaled by the browser, which averages.
const canvas = document.createElement("canvas");
canvas.width = 320;
canvas.height = 80;
const pixels = canvas.getContext("2d", { willReadFrequently: true });

// The blocks as hexadecimal digits, a light one a set bit; the checksum is the harness's business.
function readBlocks(video) {
  pixels.drawImage(video, 0, 0, video.videoWidth, video.videoHeight / strip.share, 0, 0, canvas.width, canvas.height);
  const { data } = pixels.getImageData(0, 0, canvas.width, canvas.height);
  const [wide, high] = [canvas.width / strip.columns, canvas.height / strip.rows];
  let digits = "";
  let digit = 0;
  for (let block = 0; block < strip.columns * strip.rows; block++) {
    const left = Math.round((block % strip.columns) * wide + wide / 4);
    const top = Math.round(Math.floor(block / strip.columns) * high + high / 4);
    digit = digit * 2 + (isLight(data, left, top, Math.floor(wide / 2), Math.floor(high / 2)) ? 1 : 0);
    if (block % 4 === 3) {
      digits += digit.toString(16);
      digit = 0;
    }
  }
  return digits;
}

// By luma (ITU-R BT.601), which is what the sender painted.
function isLight(data, left, top, wide, high) {
  let sum = 0;
  for (let y = top; y < top + high; y++) {
    for (let x = left; x < left + wide; x++) {
      const pixel = (y * canvas.width + x) * 4;
      sum += 0.299 * data[pixel] + 0.587 * data[pixel + 1] + 0.114 * data[pixel + 2];
    }
  }
  return sum > strip.threshold * wide * high;
}

function watchVideo() {
  const video = remoteVideo();
  if (!video || watched.has(video)) return;
  watched.add(video);
  const look = () => {
    const at = now();
    if (video.videoWidth) write("frame", { blocks: readBlocks(video) }, at);
    if (!stopped) video.requestVideoFrameCallback(look);
  };
  video.requestVideoFrameCallback?.(look);
  // Chromium does not start a muted video by autoplay alone while it is out of view: a person would scroll to it. One
  // that plays stays where it is, since drawing it costs the call time.
  for (const event of ["loadstart", "loadedmetadata"]) video.addEventListener(event, watchSound);
  video.addEventListener("loadeddata", () => video.paused && video.scrollIntoView({ block: "center" }));
}

// The picture that the remote video shows, as PNG in base64.
function lastFrame() {
  const video = remoteVideo();
  if (!video?.videoWidth) return null;
  const whole = document.createElement("canvas");
  [whole.width, whole.height] = [video.videoWidth, video.videoHeight];
  whole.getContext("2d").drawImage(video, 0, 0);
  return whole.toDataURL("image/png").split(",")[1];
}
