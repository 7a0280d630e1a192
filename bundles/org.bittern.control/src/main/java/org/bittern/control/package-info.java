/**
 * The verbs of the test control planes, without any transport: plain maps in, plain maps out. The
 * adapters that speak stdio and HTTP differ only in how they carry them.
 */
@Export
@Version("2.1.0")
@NullMarked
package org.bittern.control;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
