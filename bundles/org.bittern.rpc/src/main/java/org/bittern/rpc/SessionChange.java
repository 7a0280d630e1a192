package org.bittern.rpc;

import org.bittern.api.engine.Setting;
import org.bittern.api.engine.Settings;
import org.osgi.annotation.versioning.ProviderType;

/** What one {@code session-set} is about to change; done at once, all or nothing. */
@ProviderType
public interface SessionChange {
    /** What holds while the call is read; clients write back what they were shown. */
    Settings present();

    /**
     * Sets a setting. Two names of one setting must agree.
     *
     * @throws RpcException when it was set to another value before, by the same call
     */
    <T> void set(Setting<T> key, T value) throws RpcException;
}
