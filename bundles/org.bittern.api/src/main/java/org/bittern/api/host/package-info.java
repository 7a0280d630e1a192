/**
 * The process around the engine: {@link org.bittern.api.host.EngineHost} owns the one "engine or
 * none" and survives its replacement; {@link org.bittern.api.host.ProcessControl} ends the process
 * in good order.
 */
@Export
@Version("1.1.0")
@NullMarked
package org.bittern.api.host;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
