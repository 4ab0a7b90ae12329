// Walks one product through the sandbox with node-easywechat, and prints every
// reply as a line of JSON: {"call": ..., "reply": ...}.
const fs = require('fs');
const FormData = require('form-data');
const { MiniApp } = require('node-easywechat');

const [base, appid, secret, picture] = process.argv.slice(2);
const app = new MiniApp({ app_id: appid, secret, token: '', aes_key: '', use_stable_access_token: true, http: { baseURL: base } });
const client = app.getClient();

async function call(path, options) {
  const response = await (options.formData ? client.post(path, options) : client.postJson(path, options));
  const reply = response.toObject();
  console.log(JSON.stringify({ call: path, reply }));
  return reply;
}

(async () => {
  const formData = new FormData();
  formData.append('resp_type', '1');
  formData.append('upload_type', '0');
  formData.append('media', fs.createReadStream(picture), { filename: '1.png' });
  const { img_info } = await call('/shop/img/upload', { formData });
  const url = img_info.temp_img_url;
  await call('/shop/cat/get', {});
  await call('/shop/account/update_info', { service_agent_type: [0, 1, 2], service_agent_path: 'pages/cs', service_agent_phone: '020-1' });
  const product = {
    out_product_id: 'n1', title: '珊瑚绒毯子加厚', path: 'pages/x?id=1&b=2', head_img: [url], desc_info: { desc: '午睡毯', imgs: [url] },
    third_cat_id: 1445, brand_id: 2100000000, info_version: '1', scene_group_list: [1],
    skus: [{ out_product_id: 'n1', out_sku_id: 's1', thumb_img: url, sale_price: 990, market_price: 1990, stock_num: 5, sku_attrs: [{ attr_key: '颜色', attr_value: '酒红' }] }],
  };
  await call('/shop/spu/add', product);
  await call('/shop/spu/add', product); // 1000012
  await call('/shop/spu/get', { out_product_id: 'n1', need_edit_spu: 0 });
  await call('/shop/spu/get_list', { page: 1, page_size: 10, need_edit_spu: 0, status: 5 });
  await call('/shop/spu/update_without_audit', { out_product_id: 'n1', skus: [{ out_sku_id: 's1', sale_price: 880 }] });
  await call('/shop/spu/delisting', { out_product_id: 'n1' });
  await call('/shop/spu/del', { out_product_id: 'n1' });
})().catch((err) => { console.error(err); process.exit(1); });
