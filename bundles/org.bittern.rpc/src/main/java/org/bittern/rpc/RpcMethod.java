package org.bittern.rpc;

import org.osgi.annotation.versioning.ConsumerType;

/** One method of the RPC. Thread-safe: calls run side by side, each on a virtual thread. */
@ConsumerType
public interface RpcMethod {
    /** Its name in snake_case; the legacy dialect has it with hyphens. */
    String name();

    /**
     * Whether it is beyond Transmission: then it needs the token (HTTP 401), and its failures have
     * the form {@code {"result":"error","arguments":{"message":…}}}.
     */
    boolean extended();

    /**
     * Performs a call. May block.
     *
     * @throws RpcException when it is refused; nothing was changed then
     */
    RpcAnswer perform(RpcRequest request) throws RpcException;

    /**
     * Runs after the answer was handed to the system: there a process may end.
     *
     * @param request the same
     */
    default void answered(RpcRequest request) {
        // most methods are done by then
    }
}
