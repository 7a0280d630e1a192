/** HTTP servers as seeds (BEP 19). */
@NullMarked
package org.bittern.webseed.internal;

import org.jspecify.annotations.NullMarked;
