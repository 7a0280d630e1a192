/**
 * What bundles with commands share: where a command speaks, how texts of strangers are made
 * harmless, and how a command ends. Nothing in here knows torrents.
 */
@Export
@Version("1.1.0")
@NullMarked
package org.bittern.terminal;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
