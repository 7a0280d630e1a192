/**
 * Bencode (BEP 3): values, a strict reader with limits that never recurses, and a writer of the one
 * canonical form. All values are immutable and may be shared between threads; reader and writer
 * keep no state.
 */
@Export
@Version("1.0.0")
@NullMarked
package org.bittern.bencode;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
