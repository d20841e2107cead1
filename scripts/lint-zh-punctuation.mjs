// ESLint rule: Chinese text takes Chinese punctuation. `npx eslint --fix` mends what it finds.
const HAN = '\u3400-\u9fff';
const WIDE = `${HAN}\u3001\u3002\u300a-\u300f\u2014\u201c\u201d\uff08\uff09`;
const FULL = {
  ',': '\uff0c',
  ';': '\uff1b',
  ':': '\uff1a',
  '?': '\uff1f',
  '!': '\uff01',
  '(': '\uff08',
  ')': '\uff09',
};
const widen = (text) => text.replace(/[,;:?!()]/g, (c) => FULL[c]);

/** A mark counts as Chinese when what stands next to it is: `part` says that the text goes on in a `${...}`, whose value is unknown. */
function mended(text, part) {
  const rules = [
    // between Chinese and Chinese, or between Chinese and a place-holder, a figure or a word
    [`(?<=[${WIDE}])[,;:] ?(?=[${WIDE}{$<]|$)`, 'gu'],
    [`(?<=[\\w%)}\`])[,;:] ?(?=[${WIDE}])`, 'gu'],
    [`(?<=[${WIDE}])[,;:](?=[\\w\`])`, 'gu'],
    [`(?<=[${WIDE}}])[?!](?=[${WIDE}"]|$|\\s|\\\\n)`, 'gu'],
    ...(part
      ? [
          [`^[,;:] ?(?=[${HAN}])`, 'u'],
          [`(?<=[${HAN}])\\($`, 'u'],
          [`^\\)(?=[${WIDE}\uff0c\uff1b]|$)`, 'u'],
        ]
      : []),
  ];
  const marks = rules.reduce((t, [of, flags]) => t.replace(new RegExp(of, flags), (m) => widen(m.trim())), text);
  return marks.replace(
    new RegExp(`\\(([^()]*[${HAN}][^()]*)\\)`, 'gu'),
    (_, inside) => widen('(') + inside + widen(')'),
  );
}

export const zhPunctuation = {
  meta: {
    type: 'layout',
    fixable: 'code',
    schema: [],
    messages: { narrow: 'Chinese text takes Chinese punctuation.' },
  },
  create(context) {
    const check = (node, quotes, part) => {
      const text = context.sourceCode.getText(node);
      if (!/\p{Script=Han}/u.test(text)) return;
      const inner = text.slice(quotes[0], text.length - quotes[1]);
      const better = mended(inner, part);
      if (better === inner) return;
      const [start, end] = [node.range[0] + quotes[0], node.range[1] - quotes[1]];
      context.report({ node, messageId: 'narrow', fix: (fixer) => fixer.replaceTextRange([start, end], better) });
    };
    return {
      Literal: (node) => typeof node.value === 'string' && check(node, [1, 1], false),
      JSXText: (node) => check(node, [0, 0], false),
      TemplateElement: (node) => check(node, [1, node.tail ? 1 : 2], true),
    };
  },
};
