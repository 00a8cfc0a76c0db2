// Unpacks what is compressed, up to a limit: what would be longer is refused before it is held.
import { joined, type Bytes } from "./bytes.ts";
import { MalformedValue } from "./problems.ts";

export async function unpack(content: Bytes[], format: CompressionFormat, most: number): Promise<Bytes> {
  const reader = new Blob(content).stream().pipeThrough(new DecompressionStream(format)).getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > most) {
      await reader.cancel();
      throw new MalformedValue("what is packed is longer than we read");
    }
    parts.push(value);
  }
  return joined(...parts);
}
