package org.bittern.transmission.internal;

import org.bittern.rpc.RpcAnswer;
import org.bittern.rpc.RpcException;
import org.bittern.rpc.RpcMethod;
import org.bittern.rpc.RpcRequest;

/**
 * A method of Transmission.
 *
 * @param name in snake_case
 */
record Method(String name, Body body, Runnable after) implements RpcMethod {
    /** What it does. */
    interface Body {
        RpcAnswer perform(RpcRequest request) throws RpcException;
    }

    static Method of(String name, Body body) {
        return new Method(name, body, () -> {});
    }

    @Override
    public boolean extended() {
        return false;
    }

    @Override
    public RpcAnswer perform(RpcRequest request) throws RpcException {
        return body.perform(request);
    }

    @Override
    public void answered(RpcRequest request) {
        after.run();
    }
}
