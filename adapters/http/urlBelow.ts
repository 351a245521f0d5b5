/** The address of a path below a base URL, whose own path stays in front: a proxy may serve it below a prefix. */
export function urlBelow(base: string, path: string): string {
  const url = new URL(base);
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}${path}`;
}
