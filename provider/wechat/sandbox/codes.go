package sandbox

import "fmt"

// refusal is an answer with an errcode other than 0.
type refusal struct {
	code int
	text string
}

// refuse answers with the platform's text for the code.
func refuse(code int) *refusal { return &refusal{code, texts[code]} }

// refusef answers with a text of its own, where the platform's names the object
// or the same code has several meanings.
func refusef(code int, format string, args ...any) *refusal {
	return &refusal{code, fmt.Sprintf(format, args...)}
}

// texts is what the platform says (reference sections 2.3 and 10). Clients must
// not read it.
var texts = map[int]string{
	-1:     "system error",
	-2:     "token too long",
	40001:  "invalid credential, access_token is invalid or not latest",
	40002:  "invalid grant_type",
	40013:  "invalid appid",
	40014:  "invalid access_token",
	40066:  "invalid url",
	40125:  "invalid appsecret",
	40164:  "invalid ip %s, not in whitelist",
	41001:  "access_token missing",
	41002:  "appid missing",
	41004:  "appsecret missing",
	42001:  "access_token expired",
	43001:  "require GET method",
	43002:  "require POST method",
	44002:  "empty post data",
	45009:  "reach max api daily quota limit",
	45011:  "api minute-quota reach limit, must slower, retry next minute",
	47001:  "data format error",
	48001:  "api unauthorized",
	48006:  "clear quota forbidden, reach the monthly limit",
	48004:  "api forbidden for irregularities",
	50002:  "user limited",
	61003:  "component is not authorized by this account",
	61004:  "access clientip is not registered",
	61005:  "component ticket is expired",
	61006:  "component ticket is invalid",
	61007:  "api is unauthorized to component",
	61009:  "code is invalid",
	61010:  "code is expired",
	61011:  "invalid component",
	61014:  "must use component token for component api",
	61015:  "must use biz account token for not component api",
	61023:  "refresh_token is invalid",
	76001:  "rid not exist",
	76021:  "cgi_path not exist",
	87014:  "risky content",
	300000: "请求频率过高，请稍后再试",

	990005: "page_size 超过限制",
	990007: "缺少参数",
	990008: "参数超长",
	990009: "开始时间大于结束时间",
	990010: "系统繁忙",
	990022: "当前不支持该操作",

	1000001: "未上传 out_product_id",
	1000002: "商品正在审核中，请先撤回或等待审核结束",
	1000003: "商品未通过审核，无可用数据",
	1000004: "SKU 不在已审核通过的商品中，不能免审更新",
	1000005: "请先申请类目资质，通过后再提审此类目对应的商品",
	1000006: "品牌未授权给当前账号",
	1000007: "类目不是三级类目",
	1000008: "该类目必须上传商品资质图片",
	1000009: "类目 ID 不存在",
	1000011: "商品 ID 不存在",
	1000012: "商品 ID 已存在，请使用更新接口",
	1000013: "商品更新冲突，请稍后重试",
	1000014: "商品必填字段缺失",
	1000015: "新增商品时 SKU 库存不能为 0",
	1000016: "商品不在审核中",
	1000017: "商品已保存，但推送审核失败，请调用更新接口",
	1000019: "该商品近一小时内提审次数超过限制，请一小时后再试",
	1000020: "SKU 列表为空",
	1000021: "保证金异常，无法提审商品",
	1000035: "无效的图片链接",
	1000040: "类目不存在，请获取最新的类目列表",
	1000042: "交易组件场景未开通",
	1000045: "商品标题不符合规则：3-60 个字符，不能只含数字、字母、特殊字符",

	1040003: "该小程序还没接入",
	1040035: "SubmitCategoryAudit failed",
	1040041: "检测到此任务未完成,请先完成此任务",
	1040042: "商家需要开通微信客服或小程序客服",
	1050003: "类目已审核通过",
	1050005: "审核单不存在",
	1050006: "没有历史提交的资质，或获取失败",
	1050009: "审核中，请勿重复提交",
	1050011: "该类目无需资质，已自动拥有",
	1050030: "视频号场景未开通，不能提交类目审核",

	1070001: "图片为空",
	1070008: "图片下载失败，请使用文件流上传",
	1070010: "图片不是微信域名下的链接，请先上传图片",
	1070011: "图片转换失败",

	9401005: "SKU 已存在",
	9401020: "参数有误",
	9401022: "商品状态不允许变更",
}
