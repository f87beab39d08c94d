/**
 * Cells seen before: a roll says the same few words over and over (codes, dates, places), and what a text means in a field
 * never changes. Each column keeps some texts with their encoded values; one where nothing comes again is given up.
 */
#ifndef FLOW_CELLS_H
#define FLOW_CELLS_H

#include "schema/schema.h"

struct flow_cells;

/** For so many columns. Freed by flow_cells_free. ERR_NOMEM. */
enum err flow_cells_new(struct flow_cells **out, size_t columns, struct err_info *info) MUST_USE;
void flow_cells_free(struct flow_cells *cells);

/** What the text meant before; false: it is not kept. *out is borrowed until the next call for this column. */
bool flow_cells_find(struct view *out, struct flow_cells *cells, size_t column, const struct schema_field *field,
                     struct view text);
/** Keep what schema_value_from_text() gave, if it is worth it. The last text asked for in this column. */
void flow_cells_keep(struct flow_cells *cells, size_t column, struct view text, struct view value);

#endif
