//! Scenes of billing: a product with a plan and a price, and twenty people with a grant of it.

use contracts::identity::UserDeleted;
use serde_json::Value;

use crate::request::{Request, fact};
use crate::stage::{Person, Stage};

/// People with a grant.
const PEOPLE: usize = 20;

pub struct Scene {
    ann: Person,
    admin: Person,
}

impl Scene {
    pub async fn set(stage: &Stage) -> Self {
        let (ann, admin) = (stage.person(), stage.admin());
        for name in ["billing-set-product", "billing-set-plan", "billing-publish-price", "billing-create-coupon"] {
            stage.call(Request::of(name).by(&admin)).await;
        }
        let scene = Self { ann, admin };
        for _ in 1..PEOPLE {
            scene.granted(stage, &stage.person()).await;
        }
        scene.granted(stage, &scene.ann).await;
        scene
    }

    pub async fn event(&self, stage: &Stage, name: &str) -> Option<Value> {
        let manage = || Request::of(name).by(&self.admin);
        let event = match name {
            "billing-create-coupon" => manage().at("code", stage.fresh("coupon")).event(),
            "billing-end-grant" => {
                let person = stage.person();
                self.granted(stage, &person).await;
                manage().at("id", person.id).event()
            }
            "billing-forget-user" => {
                let leaver = stage.person();
                self.granted(stage, &leaver).await;
                fact(name, UserDeleted { user_id: leaver.id })
            }
            "billing-get-billing" => Request::of(name).by(&self.ann).event(),
            "billing-get-catalogue" | "billing-list-coupons" => manage().event(),
            "billing-get-user-billing" => manage().at("id", self.ann.id).event(),
            "billing-list-plans" => Request::of(name).event(),
            "billing-publish-price" => manage().with("amountMinor", stage.number()).event(),
            "billing-retire-coupon" => {
                let code = stage.fresh("coupon");
                stage.call(Request::of("billing-create-coupon").by(&self.admin).at("code", &code)).await;
                manage().at("code", code).event()
            }
            // What was retired by the call before is offered again.
            "billing-retire-plan" => {
                stage.call(Request::of("billing-set-plan").by(&self.admin)).await;
                manage().event()
            }
            "billing-retire-price" => {
                stage.call(Request::of("billing-publish-price").by(&self.admin)).await;
                manage().event()
            }
            "billing-retire-product" => {
                stage.call(Request::of("billing-set-product").by(&self.admin)).await;
                manage().event()
            }
            "billing-set-grant" => manage().at("id", stage.person().id).event(),
            "billing-set-plan" | "billing-set-product" => manage().with("name", stage.fresh("Name")).event(),
            _ => return None,
        };
        Some(event)
    }

    /// Grants somebody the plan.
    async fn granted(&self, stage: &Stage, person: &Person) {
        stage.call(Request::of("billing-set-grant").by(&self.admin).at("id", person.id)).await;
    }
}
