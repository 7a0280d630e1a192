package org.bittern.rpc;

import org.bittern.api.engine.Setting;
import org.osgi.annotation.versioning.ProviderType;

/** What one {@code session-set} is about to change; done at once, all or nothing. */
@ProviderType
public interface SessionChange {
    /**
     * Sets a setting. Two names of one setting must agree.
     *
     * @throws RpcException when it was set to another value before, by the same call
     */
    <T> void set(Setting<T> key, T value) throws RpcException;
}
