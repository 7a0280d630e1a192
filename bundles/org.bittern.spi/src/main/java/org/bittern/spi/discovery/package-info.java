/** Where peers are heard of: trackers, DHT, local discovery. */
@Export
@Version("2.1.0")
@NullMarked
package org.bittern.spi.discovery;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
