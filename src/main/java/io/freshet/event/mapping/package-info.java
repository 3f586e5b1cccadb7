/** Where the parts of an event are in records of another shape than Freshet's own. */
package io.freshet.event.mapping;
