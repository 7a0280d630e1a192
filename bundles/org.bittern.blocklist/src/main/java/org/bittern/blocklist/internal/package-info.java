/** Lists of addresses that must not be talked to: reading, keeping, fetching. */
@NullMarked
package org.bittern.blocklist.internal;

import org.jspecify.annotations.NullMarked;
