export default async function teardown() {
  await globalThis.sandbox?.stop();
}
