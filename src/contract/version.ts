/** Version of the wire protocol between shells and agent. Raised on every incompatible change. */
export const PROTOCOL_VERSION = 1;
/** Product version; the one place that names it besides package.json (a test compares them). */
export const PRODUCT_VERSION = '0.1.0';
