/** Asking a router to forward a port. */
@Export
@Version("1.1.0")
@NullMarked
package org.bittern.spi.port;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
