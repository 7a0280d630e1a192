/** The session in files: settings, ledger, torrents, resume data and blobs behind StateStore. */
@NullMarked
package org.bittern.state.file.internal;

import org.jspecify.annotations.NullMarked;
