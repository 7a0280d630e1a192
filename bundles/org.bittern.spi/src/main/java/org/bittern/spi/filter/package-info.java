/** Which addresses must not be talked to. */
@Export
@Version("1.1.0")
@NullMarked
package org.bittern.spi.filter;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
