import { DAY, spellInstant } from '../calendar.ts';
import { greyAdvert, honestAdvert, page } from '../texts/adverts.ts';
import { narrative } from '../texts/narratives.ts';
import { everydayChat, lawfulTranscript } from '../texts/transcripts.ts';
import type { World } from '../world.ts';
import { howMany } from '../world.ts';
import type { Circle } from './groups.ts';

/** Texts of people who have nothing to do with any ring: adverts honest and grey, chats, pages, transcripts, stories. */
export const ordinaryWords = (world: World, circles: readonly Circle[]): void => {
  const random = world.streams('words');
  const { calendar, country, ledgers } = world;
  const add = (kind: string, text: string, author = '', source = ''): void => {
    const at = calendar.midnight(0) + Math.floor(random.unit() * calendar.days * DAY);
    ledgers.texts.add(at, {
      text_id: `t${random.hex(8)}`,
      kind,
      text,
      at: spellInstant(at),
      author,
      source_url: source,
    });
  };
  const handle = (): string => (random.chance(0.6) ? country.handle(country.anybody(random)) : '');
  for (let n = howMany(world, 110, 12); n > 0; n--) add('advert', honestAdvert(random), handle());
  for (let n = howMany(world, 24, 4); n > 0; n--) add('advert', greyAdvert(random), handle());
  for (let n = howMany(world, 36, 6); n > 0; n--)
    add('page', page(random), '', `https://news.example/${random.hex(6)}.html`);
  for (let n = howMany(world, 60, 8); n > 0; n--) add('transcript', lawfulTranscript(random));
  for (let n = howMany(world, 40, 6); n > 0; n--) {
    const story = random.pick(['shopping', 'loan', 'dating', 'police'] as const);
    add('narrative', narrative(random, story, { loss: random.between(2, 900) * 100, group: '', numbers: [] }));
  }
  for (let n = howMany(world, 260, 30); n > 0; n--) {
    const circle = random.pick(circles);
    add('chat', everydayChat(random), country.handle(random.chance(0.3) ? circle.owner : random.pick(circle.members)));
  }
};
