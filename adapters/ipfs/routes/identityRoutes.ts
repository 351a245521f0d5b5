import type { Routes } from './EndpointCall.js';

/** What the endpoint is. */
export const identityRoutes: Routes = {
  // An endpoint without a network has no peers; the id is there because clients ask for one.
  id: async () => ({
    ID: '12D3KooWD14oinUozuArnCG1nmEwuJSQ5vGPr9rKG6WFGJE7gB2p',
    Addresses: [],
    AgentVersion: 'rushes-endpoint/1',
    ProtocolVersion: '',
    Protocols: [],
    PublicKey: '',
  }),
  version: async () => ({
    Version: '0.1.0-rushes',
    Commit: '',
    Repo: '16',
    System: `${process.arch}/${process.platform}`,
    Golang: '',
  }),
};
