/** Client of the agent for programs that run on Node. A page in a browser imports rpc-client.ts and keep-connected.ts. */
export { type AgentPlaces, agentPlaces, type Env, isTrustedPlace } from './agent-places.ts';
export { openAgentSocket } from './agent-socket.ts';
export {
  agentCommand,
  agentHello,
  type ConnectOptions,
  connectAgent,
  type Hello,
  stopAgent,
} from './find-or-start-agent.ts';
export { type ConnectionState, type KeptConnection, keepConnected } from './keep-connected.ts';
export {
  type AgentConnection,
  type CallOptions,
  openRpcClient,
  rpcClient,
  type WebSocketLike,
} from './rpc-client.ts';
