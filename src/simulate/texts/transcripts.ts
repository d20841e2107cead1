import type { Random } from '../random.ts';

const persona = ['游戏客服', '机构客服', '平台客服', '退费专员', '售后客服'];
const courses = ['英语课程', '考研课', '少儿编程', '理财课', '基金产品', '股票训练营'];

const LINES = {
  open: [
    '坐席：您好，我是{persona}，工号{id}。请问是机主本人吗？',
    '坐席：喂你好，这边是之前{course}的{persona}，给您做一个回访。',
    '坐席：您好打扰了，我是负责{course}的{persona}，这边有一笔费用需要跟您核对。',
  ],
  why: [
    '客户：怎么是国外的电话？\n坐席：由于我们客户较多，电话忙不过来，用网络电话给您致电，所以会显示其他地区号码。',
    '客户：你这个号码怎么显示境外？\n坐席：客户比较多，用的是网络电话，显示会不一样，您放心。',
    '客户：我没交过费啊。\n坐席：这边查到您在教育机构交过费用，现在可以退款的。',
  ],
  lure: [
    '坐席：现在政策要求全额退还，您加一下我们的QQ群，群里老师统一给您办理。',
    '坐席：您记一下群号，进群以后报您的名字登记就行，不收任何费用。',
    '坐席：名额今天截止，您用微信搜一下这个群，我在线等您进来。',
  ],
  close: [
    '客户：那我看看吧。\n坐席：好的，您现在就操作一下。',
    '客户：不需要，别打了。\n坐席：好的打扰了。',
    '客户：等我下班再说。\n坐席：那我晚点再联系您。',
  ],
};

const LAWFUL = [
  '坐席：您好，这里是{firm}客服中心，工号{id}，本次通话将被录音。请问是{surname}女士吗？\n客户：是的。\n坐席：您的{course}服务下月到期，提醒您可在官方应用内续期，无需通过电话操作。\n客户：好的知道了。',
  '坐席：您好，{firm}满意度回访，占用您一分钟。请您对上次服务打分，满分十分。\n客户：九分吧。\n坐席：感谢您的评价，再见。',
  '坐席：您好，您预约的体检在{day}上午，请空腹前来，地址短信已发送。\n客户：收到，谢谢。',
  '坐席：先生您好，您的快递放在驿站了，取件码稍后短信发您。\n客户：好的。',
  '坐席：您好，我是{firm}的客户经理，看到您咨询过贷款利率，需要我为您介绍吗？\n客户：暂时不用。\n坐席：好的，您有需要可以拨打官方热线。',
  '坐席：您好，之前您申请的退款已原路退回，预计三个工作日到账，不需要您提供任何验证码。\n客户：好，谢谢。',
];

const say = (random: Random, text: string): string =>
  text
    .replaceAll('{persona}', random.pick(persona))
    .replaceAll('{course}', random.pick(courses))
    .replaceAll('{id}', String(random.between(1001, 9899)))
    .replaceAll('{firm}', random.pick(['启明教育', '百汇商城', '恒信银行', '联通营业厅', '康宁健康']))
    .replaceAll('{surname}', random.pick(['王', '李', '张', '刘', '陈', '杨', '周']))
    .replaceAll('{day}', random.pick(['明天', '周四', '周六']));

/** The script of a lead-in call, as speech recognition would write it down. */
export const ringTranscript = (random: Random): string => {
  const parts = [random.pick(LINES.open)];
  if (random.chance(0.6)) parts.push(random.pick(LINES.why));
  if (random.chance(0.85)) parts.push(random.pick(LINES.lure));
  parts.push(random.pick(LINES.close));
  return say(random, parts.join('\n'));
};

export const lawfulTranscript = (random: Random): string => say(random, random.pick(LAWFUL));

const RING_CHAT = [
  '各位今天9点准时上线，先登录软件再领名单',
  '话术发群文件了，新来的先背熟再打',
  '今天谁进了人报一下数，晚上统一发红包',
  '显示国外的就说网络电话，客户太多',
  '质检说有几个没按话术来，注意一下',
  '号码又被封了，等下给你们换新的',
];
const LEAD_IN_CHAT = [
  '欢迎新进来的家人，先看群公告登记退费',
  '按顺序来，报姓名和之前报的课程',
  '刚刚那位已经到账了，大家不要急',
  '做完第一单返了68，感谢老师',
  '需要下载公告里的软件，登录后联系接待员',
];
const EVERYDAY_CHAT = [
  '晚上回来吃饭吗',
  '老师，孩子今天发烧请假一天',
  '接龙：3单元 草莓2斤',
  '明天九点开会，材料发我',
  '红包收到，谢谢大家',
  '今天单子多，站点来两个人帮忙',
  '周末爬山的报名，已经12个人了',
  '物业通知，周二停水',
  '快递在门卫，帮我拿一下',
  '今天的工资结了，辛苦各位',
];

export const workChat = (random: Random): string => random.pick(RING_CHAT);
export const leadInChat = (random: Random): string => random.pick(LEAD_IN_CHAT);
export const everydayChat = (random: Random): string => random.pick(EVERYDAY_CHAT);
