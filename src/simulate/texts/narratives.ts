import type { Random } from '../random.ts';

export type Story = 'lead-in' | 'shopping' | 'loan' | 'dating' | 'police' | 'nuisance';

const PERSONA = ['某教育机构客服', '平台客服', '游戏客服', '理财平台客服', '培训机构的老师助理', '机构退费专员'];
const PLATFORM = ['QQ群', '微信群', '一个群', '群聊'];

const TEMPLATES: Readonly<Record<Story, readonly string[]>> = {
  'lead-in': [
    '报案人称接到境外号码{numbers}来电，对方自称{persona}，称其此前缴纳的费用可以退款，要求其加入{platform}{group}办理，后在群内被引导转账{loss}元。',
    '事主接到{numbers}电话，对方说是{persona}，因客户多用网络电话所以显示外地号码。事主进{platform}{group}后按要求下载软件操作，损失{loss}元。',
    '对方多次来电，自称{persona}，能说出事主以前报过的课程，称可全额退费。事主加{platform}{group}后被要求做任务垫资，共转出{loss}元后无法提现。',
    '{numbers}连续几天给我打电话，说我以前买的产品有补偿，拉我进了{platform}{group}，先返了几十块钱，后来要交保证金，前后转了{loss}元。',
  ],
  shopping: [
    '报案人在网上看到低价商品，添加卖家后扫码付款{loss}元，之后被拉黑。',
    '事主称网购商品后接到自称快递理赔的电话，按提示操作后被转走{loss}元。',
  ],
  loan: [
    '事主在网上申请贷款，对方以卡号填错需解冻为由要求转账，损失{loss}元。',
    '事主下载贷款软件后缴纳会员费、验证金共{loss}元，未放款。',
  ],
  dating: ['事主通过社交软件认识网友，对方推荐投资平台，陆续投入{loss}元后无法提现。'],
  police: ['事主接到自称公检法人员来电，称其涉嫌洗钱，要求将{loss}元转入安全账户。'],
  nuisance: [
    '来电人反映{numbers}频繁拨打推销电话，影响休息。',
    '事主称接到{numbers}的陌生来电，怀疑为诈骗，未受损失。',
  ],
};

/** A report's free text, as an officer would type it. */
export const narrative = (
  random: Random,
  story: Story,
  known: { loss: number; group: string; numbers: readonly string[] },
): string =>
  random
    .pick(TEMPLATES[known.loss === 0 && story === 'lead-in' ? 'nuisance' : story])
    .replace('{numbers}', known.numbers.length > 0 ? known.numbers.join('、') : '陌生号码')
    .replace('{persona}', random.pick(PERSONA))
    .replace('{platform}', random.pick(PLATFORM))
    .replace('{group}', known.group === '' ? '' : `(${known.group})`)
    .replace('{loss}', String(known.loss));
