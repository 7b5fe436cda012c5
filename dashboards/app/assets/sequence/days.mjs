// Days of a case as numbers: how many days after the first on which an item can be done.
import { short } from "../live/dom.mjs";

const DAY = 86400000;

const monthInWords = time => short(new Date(time).toISOString().slice(0, 10)).replace(/^\d+ /, "");

export class Days {
  constructor(first, last) {
    this.first = Date.parse(first);
    this.length = Math.round((Date.parse(last) - this.first) / DAY);
  }

  of(iso) { return Math.round((Date.parse(iso) - this.first) / DAY); }

  iso(day) { return new Date(this.first + day * DAY).toISOString().slice(0, 10); }

  // Where a day lies, in per cent of the calendar.
  place(day) { return 100 * day / this.length; }

  // Where the calendar begins, in words.
  get begin() { return monthInWords(this.first); }

  // The first days of years, of quarters where the case is short.
  ticks() {
    const step = this.length > 700 ? 12 : 3, found = [], start = new Date(this.first);
    for (let month = start.getUTCFullYear() * 12; ; month += step) {
      const at = Date.UTC(Math.floor(month / 12), month % 12, 1), day = (at - this.first) / DAY;
      if (day > this.length) return found;
      if (day >= 0) found.push([day, step === 12 ? String(Math.floor(month / 12)) : monthInWords(at)]);
    }
  }
}
