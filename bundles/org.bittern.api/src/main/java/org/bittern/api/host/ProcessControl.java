package org.bittern.api.host;

import org.osgi.annotation.versioning.ProviderType;

/** Ends the process in good order. Thread-safe. */
@ProviderType
public interface ProcessControl {
    /**
     * Stops the engine if one runs, then the framework, then the process. Returns at once; asking
     * again does no harm, the first code counts.
     *
     * @param code exit code of the process, 0 to 255
     */
    void exit(int code);
}
