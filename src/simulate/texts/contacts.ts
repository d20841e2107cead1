import type { Random } from '../random.ts';

/** Ways in which grey-market adverts write a contact so that filters miss it. The identifiers are invented. */
const DIGIT_STYLES = ['0123456789', '0123456789', '⓪①②③④⑤⑥⑦⑧⑨', '⓿➊➋➌➍➎➏➐➑➒', '0123456789', '零壹贰叁肆伍陆柒捌玖'];

const restyle = (digits: string, style: string): string => {
  const glyphs = [...style];
  return [...digits].map((d) => glyphs[Number(d)] ?? d).join('');
};

export const digitsOf = (random: Random, n: number): string => {
  let s = String(random.between(1, 9));
  while (s.length < n) s += String(random.below(10));
  return s;
};

/** A disguised contact: cue word + identifier. */
export const disguisedContact = (random: Random): string => {
  const qq = digitsOf(random, random.between(8, 10));
  const wx = `${random.token(random.between(4, 6))}${digitsOf(random, random.between(2, 4))}`;
  const style = random.pick(DIGIT_STYLES);
  switch (random.below(5)) {
    case 0:
      return `${random.pick(['加薇芯', '加威信', '家卫星', '+V', '加VX', 'v❤'])}:${restyle(wx, random.chance(0.5) ? style : '0123456789')}`;
    case 1:
      return `${random.pick(['扣扣', '企鹅', 'Q', '加扣'])}${random.pick([':', ' ', ''])}${restyle(qq, style)}`;
    case 2:
      return `${random.pick(['Q裙', '扣裙', '企鹅群'])}${random.pick([':', ' '])}${restyle(qq, style)}`;
    case 3:
      return `${random.pick(['纸飞机', 'TG', '电报'])}:@${random.token(8)}`;
    default:
      return `${random.pick(['蝙蝠', '蝙蝠号'])}${restyle(digitsOf(random, 8), style)}`;
  }
};

/** A contact as honest people give it. */
export const plainContact = (random: Random): string =>
  random.pick([
    `联系电话0${random.between(310, 990)}-${digitsOf(random, 8)}`,
    `微信同号 1${random.pick(['38', '59', '86', '77'])}${digitsOf(random, 8)}`,
    `QQ群 ${digitsOf(random, 9)}`,
    `欢迎到店咨询`,
    `请私信本号`,
  ]);
