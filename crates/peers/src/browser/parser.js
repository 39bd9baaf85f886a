const [{ kind, sdp, sections }] = arguments;
// Without servers nothing is gathered, so nothing leaves the machine.
const connection = new RTCPeerConnection({ iceTransportPolicy: "relay" });
const words = (error) => `${error?.name}: ${error?.message}`;

async function offer() {
  for (const section of sections) {
    // However many there are, there is one m-section for all of them.
    if (section === "application") connection.createDataChannel("tincan");
    else connection.addTransceiver(section);
  }
  await connection.setLocalDescription();
}

async function give() {
  if (kind === "answer") {
    try {
      await offer();
    } catch (error) {
      return { unsupported: words(error) };
    }
  }
  try {
    await connection.setRemoteDescription({ type: kind, sdp });
  } catch (error) {
    return { refused: words(error), line: error?.sdpLineNumber ?? null };
  }
  if (kind === "answer") return {};
  try {
    await connection.createAnswer();
    return {};
  } catch (error) {
    return { noAnswer: words(error) };
  }
}

return give().finally(() => connection.close());
