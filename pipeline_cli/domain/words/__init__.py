"""The grammar of what people type: dates, money, names, text, filters; one for all."""
