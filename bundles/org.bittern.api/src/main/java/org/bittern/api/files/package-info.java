/**
 * Threads for what touches users' files. Every bundle that follows a path which a user has named
 * does it on these, so that a file system that does not answer holds up nothing else.
 */
@Export
@Version("1.0.0")
@NullMarked
package org.bittern.api.files;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
