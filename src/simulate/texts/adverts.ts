import type { Random } from '../random.ts';
import { digitsOf, disguisedContact, plainContact } from './contacts.ts';

const RING = [
  '兼职在家轻轻松松，打打电话就能赚钱，日结{pay}，有手机就能做，{contact}',
  '招居家话务员，不限学历时间自由，一天{pay}当天结，带话术包教会，{contact}',
  '宝妈学生党看过来！在家打电话邀约进群，底薪{pay}+提成，当日红包结算 {contact}',
  '急招线上客服{n}名，手机下载软件接任务，早班9-13晚班14-22任选，日结{pay},{contact}',
  '打打电话就能赚钱，无需押金，进一个人加{piece}元，{contact} 备注兼职',
  '长期招人，境外线路不封号，话术现成，{pay}一天，组长带队 {contact}',
];
const GREY = [
  '各大医院专家号代挂，跑腿代办，检查加快，{contact}',
  '刷单返现一单{piece}元，长期有效，{contact}',
  '收闲置银行卡电话卡，高价当面结，{contact}',
  '不看征信极速放款，秒到账，{contact}',
];
const HONEST = [
  '本店招聘收银员{n}名，月薪3800-4500，包午餐，{contact}',
  '周末超市促销员，{pay}元一天，日结，需健康证，{contact}',
  '招电话客服专员，公司坐班，五险一金，月薪5000起，{contact}',
  '小区团购本周上新，草莓{piece}元一斤，群里接龙，{contact}',
  '房屋出租，两室一厅，近地铁，月租{rent},{contact}',
  '暑期英语小班报名中，免费试听，{contact}',
  '搬家公司，价格合理，随叫随到，{contact}',
  '仓库分拣临时工，夜班{pay}元，日结，自带身份证，{contact}',
  '问卷调查访问员招募，按份结算，每份{piece}元，需到岗培训，{contact}',
];

const fill = (random: Random, text: string, contact: string): string =>
  text
    .replace('{pay}', String(random.between(15, 30) * 10))
    .replace('{piece}', String(random.between(5, 15)))
    .replace('{rent}', String(random.between(15, 60) * 100))
    .replace('{n}', String(random.between(3, 30)))
    .replace('{contact}', contact);

export const ringAdvert = (random: Random): string => fill(random, random.pick(RING), disguisedContact(random));
export const greyAdvert = (random: Random): string => fill(random, random.pick(GREY), disguisedContact(random));
export const honestAdvert = (random: Random): string => fill(random, random.pick(HONEST), plainContact(random));

/** A page that is a news story with an advert wrapped around it, or just a page. */
export const page = (random: Random): string => {
  const news = random.pick([
    '近日，某市公安机关通报一起电信网络诈骗案，抓获犯罪嫌疑人若干名，涉案资金已依法冻结。警方提醒，陌生来电自称客服退款的，请先向官方渠道核实。',
    '国家反诈中心提醒：凡是要求进群办理退费、下载软件共享屏幕的，都是诈骗。接到境外来电应提高警惕。',
    '教育部门发布预付费培训风险提示，家长选择机构时应核验资质，保留缴费凭证。订单号20230314008812，金额1280.00元的案例值得关注。',
    '本市今日天气多云转晴，气温8至17度。地铁三号线末班车延长至23:30。',
  ]);
  if (random.chance(0.25)) {
    const phone = `199${digitsOf(random, 8)}`;
    const tout = `黄牛号贩子跑腿代挂号（${phone}）微信需要挂号联系客服（${phone}），各大医院服务项目`;
    return `${tout}!\n${news}\n${tout}\n微信号：${phone}（点击微信号复制，添加好友）`;
  }
  return news;
};
