/** The global by which the host says where the static memory of an instance lies. */
export const STATIC_BASE = 'static_base';
/** The names of the globals by which the host says where a binding lies and how many bytes it has. */
export const baseGlobal = (name: string) => `base_${name}`;
export const lengthGlobal = (name: string) => `length_${name}`;
