/** What serializers with a schema registry say of a record: which schema wrote it. */
package io.freshet.event.frame;
