package org.bittern.api.host;

import org.osgi.annotation.versioning.ProviderType;

/** Ends the process in good order. Thread-safe. */
@ProviderType
public interface ProcessControl {
    /**
     * Stops the framework: who uses the engine is closed first, then the engine if one runs, then
     * what it is made of. Then the process ends, within a limit also when a bundle hangs. Returns
     * at once; asking again does no harm, the first code counts.
     *
     * @param code exit code of the process, 0 to 255
     */
    void exit(int code);
}
