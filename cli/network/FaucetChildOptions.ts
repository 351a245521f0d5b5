/** What the process of a network's faucet is told. */
export interface FaucetChildOptions {
  /** Waited for: it is there when the network is. */
  descriptionFile: string;
  keyFile: string;
  folder: string;
  port: number;
  /** Whether the chain gives it coins for the asking. */
  fundsItself: boolean;
}
