/**
 * The peer protocol as the engine sees it: links that carry typed messages and blocks. Encryption,
 * framing and byte order are behind it.
 */
@Export
@Version("1.1.0")
@NullMarked
package org.bittern.spi.peer;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
