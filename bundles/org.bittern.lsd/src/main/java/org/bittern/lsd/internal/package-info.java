/** Local service discovery (BEP 14): peers of the same network, found by multicast. */
@NullMarked
package org.bittern.lsd.internal;

import org.jspecify.annotations.NullMarked;
