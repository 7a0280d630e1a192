package org.bittern.rpc;

/**
 * One call.
 *
 * @param trusted the caller showed the token
 * @param sessionId Transmission's session id of this process
 */
public record RpcRequest(Dialect dialect, Arguments arguments, boolean trusted, String sessionId) {}
